import{g as d}from"./chunk-D7T4XN55.js";function e(){return d("h1",{children:"address"})}export{e as default};
