import{i as d}from"./chunk-AWWH37GZ.js";function e(){return d("h1",{children:"address"})}export{e as default};
