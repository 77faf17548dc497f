import{i as u}from"./chunk-AWWH37GZ.js";function a(){return u("h1",{children:"guard"})}export{a as default};
